"""Everyday English and Spanish words, folded: none of them is ever taken for a misspelling of a tracked word.

Without this list `person` would be a slip of `prison`, `condition` of `rendition` and `aboard` of `abroad`; short ones (up to three
letters) would be parts of a broken word (`has ten`). Beside the frequent words it holds rarer real ones that lie within two letters of
the words of the law this project watches (`vanish`, `sedition`, `martial`).
"""

_FUNCTION = """
    a an and as at be by for from in into is it its of on or that the their this to under upon was were with his her
    al con de del e el en la las lo los o para por que se sin sobre su sus u un una unas uno unos y
"""


_ENGLISH = """
    abandon ability able aboard about above absence absent abuse accept accepted access accident according account accounts accuse
    across action actions active activity actor actual actually added addition additional address administration admission admit adopt
    adopted adoption adult advance advice affair affairs affect afraid after again against aged agency agenda agent agents agree agreed
    agreement ahead aide airline airport album alert alike alive allow allowed almost alone along already also although always amazing
    amend amended amendment america american americans among amount ancient angel anger angle angry animal animals announce announced
    annual another answer answers anyone anything apart apparent appeal appeals appear appeared apple application apply appoint approach
    approve approved april area areas argue argued arise armed arms army around arrange arrest arrested arrival arrive arrived article
    articles artist aside asked assault asset assets assign assist assume asylum attack attacks attempt attend attention attorney august
    author authorities authority available average avoid awake award aware away back bacon badly balance ball band bank banks banned
    bans base based basic basis basket battle beach bear beat beauty became because become becomes been before began begin beginning
    behind being belief believe believed belong below benefit beside best better between beyond bias bill billion bills bird birth
    bishop bitter black blame blind block blocked blood blow blue board boards boat bodies body bombs bond bonds bone book books border
    borders born boss both bottom bought bound boundary brain branch brave bread break breaking breath bride bridge brief briefs bright
    bring bringing broad broke broken brother brought brown budget build building built bureau burn business busy butter button buyer
    cabin cabinet call called calls came camera camp campaign camps cancer candidate cannot capable capital captain capture carbon card
    care career careful carried carry case cases cash cast casual catch cattle caught causal cause caused causes caution cell center
    centers central centre century certain chain chair challenge chamber chance change changed changes channel chapter character charge
    charged charges charity chart cheap check chief child children choice choose chose church circle circuit cite cited cities citizen
    citizens citizenship city civil civilian claim claimed claims class classic clean clear cleared clearly clerk climate close closed
    closer closing coach coast code coffee cold collapse collect college color column combat come comes coming command comment comments
    commerce commission commit committee common community company compare compete complaint complete complex comply compound computer
    concern concerned concerns conclude condition conditions conduct confer confess confident confine confirm confirmed conflict
    congress connect consent consider considered consist constant constitution construction consult consume contact contain contained
    content contents contest context continue continued contract contracts contrary contrast control convene convention conversion
    convert convey convict convicted conviction cook cool copy core corner corp correct cost costs could council counsel count counted
    counter counties countless countries country county couple courage course court courts cover covered crash create created creating
    creation credit crew crime crimes criminal criminals crisis critic critical cross crossing crowd cruel cruelty cruise cuba culture
    current custom customs cycle daily damage dance danger dare dark data date dated dates daughter days dead deadly deal deals dealt
    dear death debate debt decade december decide decided decision declare decline decree deed deep deer defeat defect defend defendant
    defense define degree delay delayed deliver delivery demand demands denial denied deny depart department departure depend deploy
    deport deportation deported depth deputy desert design desire desk despite destroy detail details detain detained detainee detect
    detection detention determine develop devote dialogue diet differ difference different difficult dignity dinner direct direction
    director disaster discover discuss disease dismiss dispute distance distant district divide divided division divorce doctor document
    documents does dollar domain domestic done door double doubt down draft drama dramatic draw drawn dream dress drew drift drink drive
    driven driver drop dropped drove drug drugs during dust duties duty each eager earlier early earn earth ease east eastern easy eat
    economic economy edge edition editor educate education effect effective effects effort efforts eight eighth either elect elected
    election elections electric eleven eligible elite else emerge emergency emotion emphasis employ employee empty enable enact enacted
    encounter end ended endless enemies enemy energy enforce engage engine english enjoy enough ensure enter entered enters entire
    entitled entry environment equal equally equity error escape essay estate even evening event events ever every everyone evidence
    evil exact exactly examine example exceed except excess exchange exclude exclusion excuse execute executed execution executive
    exempt exercise exhibit exist existing exit expand expect expected expense expert explain explore export expose exposure express
    expression extend extended extension extent external extra extract extreme face faced faces facility facing fact factor factory
    facts fail failed failure fair fairly faith fall fallen false fame family famous fans farm farmer fashion fast fatal fate father
    fault favor fear fears feature february federal feed feel feels fell fellow felony felt female fence field fifteen fifth fifty fight
    fighting figure filed files filing fill filled film filter final finally finance find finding findings fine finger finish fire fired
    firm first fiscal fish five fixed flag flat flawed fleet flesh flew flight flights float floor flow flower fly flying focus folk
    follow followed following food foot force forced forces foreign forest forever forget form formal format former forms forth fortune
    forty forum forward found four fourth frame free freed freedom french fresh friday friend friends from front fruit fuel full fully
    function fund funded funding funds funny further future gain game gang gangs garage garden gate gather gave gender general gentle
    georgia german get getting giant gift girl give given gives giving glad glass global goal goals goes gold gone good goods govern
    government governor grand grant granted grants grass grave gray great green grew ground grounds group groups grow growing grown
    growth guard guards guess guest guide guilty hair half hall halt hand handed handle hands hang happen happened happy harbor hard
    hardly harm hate have having head headed heads health hear heard hearing hearings heart heat heavy height held hell hello help
    helped hence here hero hidden hide high higher highest highly hill hint hire hired historic history hold holder holding holds hole
    holiday holy home homes honest honor hope hoped horse hospital host hostile hotel hour hours house housing huge human humane humans
    hundred hunger hunt hurt husband idea ideal ideas identify image images impact import important impose imposed imprison inch
    incident include included including income increase indeed index indict industry infant inform informed inhabit injury inmate
    inmates inner inquiry inside insist instance instant instead insure intend intended intense intent interest interim internal into
    invade invasion invest investment invite invoke invoked involve involved iran iraq iron island islands isle issue issued issues item
    items itself jail jailed jails january japan jersey join joined joint journal joyful judge judges judgment judicial juice july jump
    june juror jury just justice keep keeping kept kick kids kill killed killing kind king kings kitchen knew knife knock know knowing
    known labor lack lady laid lake land landing lands language large largely larger last late later latest latin latter laugh launch
    lawful lawsuit lawyer lawyers layer lead leader leaders leading leads league lean learn learned lease least leave leaves leaving
    left legal legally legend length lens less lesson letter letters level levels liable liberty library license life lift light like
    likely limit limited limits line lines link linked lion list listed listen litigation little live lived lives living load loan loans
    local locate located location lock locked long longer look looked looking looks lord lose loses losing loss lost lots loud love
    loved lower loyal luck lunch lying machine made magazine mail main mainly maintain major make maker makers makes making male mandate
    manner many march marine marital mark marked market marriage married marry martial mass massive master match matter matters mayor
    meal mean meaning means meant measure measures media medical meet meeting meets member members memo memory men mental mention mentor
    mercy mere merely merit merits message metal method middle might migrant migrants mile miles military milk million mind mine mineral
    minister minor minority minute minutes miss missed missing mission mistake mixed model modern moment monday money month months moral
    more morning mortal most mother motion motions motor mount mountain mouth move moved movement moves movie moving much murder museum
    music must mutual myself naked name named names narrow nation national nationals nations native nature naval navy near nearby nearly
    neck need needed needs neither never news newspaper next nice night nine ninth nobody noise none noon normal north nose note noted
    notes nothing notice notices notion november nuclear number numbers nurse oath obey object obtain obvious occasion occur october
    offense offer offered offers office officer officers offices official officials often ohio older once only onto open opened opening
    opera operate operation opinion opinions oppose opposed option options oral order ordered orders ordinary organ origin original
    other others otherwise ought outcome outside over overall overseas owed owner owners pace pack package page pages paid pain paint
    pair panel paper papers pardon parent parents park parole part partial partly partner partners party pass passage passed passing
    past patent path patient patients patrol pattern pause payment payments peace peer penal penalty pending people percent perfect
    perform perhaps period permit permits perpetual person personal persons petition phase phone photo phrase physical pick picture
    piece pilot pipe place placed places plain plan plane planes planet planned plans plant plants plastic plate play played player
    players plea plead please plenty plot plus poem point pointed points poison police policies policy polite political polls pollution
    pool poor popular populate population port portion pose position positive possess possible post posted poster power powers practice
    pray prayer precise prefer premise prepare presence present presents president press pressure pretty prevent previous price prices
    pride priest primary prime prince print prior prison prisoner prisoners prisons privacy private prize probable problem problems
    proceed process processes produce produced product profit program programs progress project promise promote prompt proof proper
    properly property proposal propose proposed prosecute prospect protect protected protection protest protests proud prove proved
    provide provided provides province provision public publish pull punish punished punishment purchase pure purple purpose pursue push
    pushed quality quarter queen quest question questions quick quickly quiet quite quote race racial radar radio rail rain raise raised
    raises rally ranch random range rank rapid rare rarely rate rates rather ratio reach reached react reaction read reader reading
    ready real reality really reason reasons rebel recall receive received recent recently reception record records recover recruit
    reduce reduced refer reform refuge refugee refugees refund refuse refused regain regard regime region register registry regret
    regular reject rejected relate related relation relations release released releases relief relieve religion remain remained remains
    remedy remember remind remote removal removals remove removed render rendered renew renewal rent repair repeal repeat replace
    replied reply report reported reporter reports represent request requests require required rescue research reserve resident
    residents resign resist resolve resort resource respect respond response rest restore restrict result results retain retire return
    returned returning returns reveal revenue reverse review reviews revise revoke revoked reward rice rich ride rider rifle right
    rights ring rise risen rising risk risks rival river road roads rock role roles roll roof room root rose rough round route routine
    royal rule ruled rules ruling rulings rural rush russia sacred safe safely safety said sail sake salary sale sales salt same sample
    sanction sand save saved saving saying says scale scene scheme school schools science scope score scores screen search season seat
    second secret secretary section sector secure security sedition seek seeking seeks seem seemed seems seen seize seized select self
    sell senate senator send sending sends senior sense sent sentence sentenced separate series serious seriously serve served serves
    service services serving session sets setting settle settled seven seventh several severe shall shame shape share shared shares
    sharp sheet shelf shell shelter shift shine ship ships shirt shock shoe shoot shop shops shore short shot should show showed shown
    shows shut sick side sides sight sign signal signed silence silent silver similar simple simply since sing single sister site sites
    situation sixth size skill skin sleep slight slip slow slowly small smart smile smoke smooth snow social soft soil sold soldier sole
    solid solution solve some somebody someone something son song soon sorry sort sought soul sound source sources south southern space
    speak speaker special specific speech speed spend spent spirit spite split spoke sport sports spot spread spring square staff stage
    stake stand standard standing stands star stars start started starts state stated statement states station statue status statute
    stay stayed stays steal steel step steps stick still stock stolen stone stood stop stopped store storm story straight strange stream
    street strength stress strict strike strikes string strip strong struck structure struggle student students studies study stuff
    style subject submit succeed success such sudden suddenly suffer suffered sugar suggest suit suits summer summit sunday super supply
    support supported supreme sure surface surprise survey survive suspect suspend suspended suspension sweet swift swing system systems
    table tackle tail take taken takes taking tale talent talk talked talks tall tank tape target task taste taught teach teacher team
    teams tear tears technical tell ten tend tender tension tent tenth term terms terrible territory terror terrorism terrorist
    terrorists test tested text than thank that theft their them theme then theory therapy there therefore these they thick thin thing
    things think third thirty those though thought thousand threat threats three threw throat throne through throw thrown thus ticket
    tied tight timber time times tiny tire title titles today together told tone tongue tonight took tool tools topic torture total
    touch tough tour toward towards tower town trace track trade trades tradition traffic trail train trained training trait transfer
    transfers transform transit translate transport trap travel treason treat treated treaties treatment treaty tree trend trial trials
    tribe tribes trick tried tries trip troop troops trouble truck true truly trump trust truth trying tuesday turn turned turns twelve
    twenty twice type types typical unable uncle under union unions unit united units unity universe university unknown unless unlike
    until unusual upon upper urban urge urged usage used useful user users uses using usual usually vacant vacation valid valley value
    values vanish vanished vast vehicle venture venue verdict version very vessel veteran victim victims victory video view views
    village violate violated violence violent virus visa visas visit visited visitor visual vital voice volume vote voted voter voters
    votes wage wages wait waited waiting wake walk walked wall walls want wanted wants warm warn warned warning wars wash waste watch
    water waters wave waves weak wealth weapon wear weather website wedding week weekend weeks weight welcome well went were west
    western what whatever wheel when where whether which while white whole whom whose wide widely wife wild will willing wind window
    wine wing winner winter wire wisdom wise wish with within without witness woman women wonder wood word words work worked worker
    workers working works world worry worse worst worth would wound wounds write writer writing written wrong wrongful wrote yard year
    years yellow yesterday yield young your youth zero zone zones
"""

_SPANISH = """
    abajo abogado abogados abril abuso acceso accion acciones acerca acto actos actual acuerdo acuerdos adelante ademas adios agencia
    agente agosto agua ahora aire algo alguien algun alguna algunas algunos alla alli alma alta alto amigo amigos amor ano anos ante
    anterior antes apelacion apoyo aquel aquella aqui area armas arriba asi asilo asunto ataque atencion aunque autoridad autoridades
    avion ayer ayuda bajo banco bien boca buena bueno busca cabeza cada calidad calle cambio cambios camino campana campo cantidad
    capital cara cargo cargos carta casa casas casi caso casos causa centro cerca cielo cinco ciudad ciudadana ciudadania ciudadano
    ciudadanos claro clase comercio comida comision como compania completo comun comunidad condena condenado condicion condiciones
    conjunto conocer conocido consejo constitucion contra control corte cortes cosa cosas creer crimen crisis cuadro cual cuales
    cualquier cuando cuanto cuarto cuatro cuenta cuerpo cuestion curso dado datos debe deben deber debido decidir decir decision defensa
    dejar dejo delante delito delitos demas dentro deportacion deportado deportados derecho derechos desarrollo desde despues detencion
    detenido detenidos detras dias dice dicen dicho diferente dijo dinero dios direccion director diversas donde duda durante economia
    efecto ejemplo ejercito ella ellas ellos embargo empresa empresas encontrar encuentro enemigo enemigos enero enfermedad enmienda
    entonces entrada entre equipo espacio espana especial espera esta estaba estado estados estar estas este esto estos estudio europa
    evitar exterior extranjera extranjero falta familia familias favor febrero fecha federal final fiscal fondo forma frente fuera
    fueron fuerte fuerza fuerzas futuro general gente gobierno gran grande grandes grave grupo grupos guerra haber habia habla hablar
    hace hacen hacer hacia hasta hecho hechos hermano hijo hijos historia hombre hombres hora horas hospital hubo humano humanos idea
    iglesia igual imagen importante informacion informe interior internacional investigacion jefe jovenes jueces juez juicio julio junio
    juntos justicia lado largo ley leyes libertad libre libro linea llamado llego lleva lugar lugares luna lunes luz madre manera mano
    manos mantener marzo mayo mayor mayoria media medida medidas medio medios mejor memoria menor menos mentira mercado meses miembro
    miembros mientras militar millones ministro misma mismo momento muchas mucho muchos muerte muerto mujer mujeres mundo nacion
    nacional naciones nada nadie necesario ningun nino ninos nivel noche nombre norte nosotros noticia noticias noviembre nueva nuevo
    nuevos numero nunca octubre oficial oficina once orden ordenes organizacion otra otras otro otros padre padres pagina pais paises
    palabra palabras papel para parece parte partes partido pasado paso pena penal pensar pequeno perdido periodico periodo permite pero
    persona personas peso plan plazo poco poder poderes policia politica politico porque posible posicion preciso presencia presente
    presidente preso presos primer primera primero principal principio prision prisiones problema problemas proceso programa propia
    propio protesta proyecto pruebas publica publico pueblo puede pueden puerta puesto punto quien quienes quiere razon realidad
    realizar recurso recursos red refugio regimen region relacion relaciones reporte resultado reunion salida salud sangre santo segun
    segunda segundo seguridad semana semanas senor sentencia sentido septiembre siempre siendo siete siglo siguiente sino sistema sitio
    situacion sobre social sociedad solo solucion suprema supremo tambien tampoco tanto tarde tema temas tener tiempo tiene tienen
    tierra tipo toda todas todavia todo todos tomar total trabajo traslado tratado tratados trato traves tres tribunal tribunales ultima
    ultimo unidos union usted valor varios veces venta verdad vez viaje victima victimas vida viejo viernes violencia vista vivir vivo
    volver voto vuelo vuelos zona
"""

_SHORT = """
    act add age ago ahi aid aim air all am any are arm art ask aun bad ban bar bed big bit box boy bus but buy can car cut dar day
    dia did die do dos due era esa ese eso far few fin fit fue gas go god got ha had has hay he him hit how hoy iba if ill ir job
    key law lay le led leg les let lie lot low mal map mar mas may me mes met mi mil mis muy my new ni no nor nos not now odd off
    oil old one oro our out own pay per pie put ran raw rey run sad saw say sea see ser set she si sit six so sum tal tan tax te ti
    tie too top try tu two up us use va van ver via vio voz war way we who why win won ya yes yet yo you
"""

#: Words that carry no meaning by themselves: free between the words of a phrase, and never what a phrase is found by.
FUNCTION_WORDS = frozenset(_FUNCTION.split())

#: Real words that are no slip of another word.
COMMON_WORDS = frozenset(_ENGLISH.split()) | frozenset(_SPANISH.split()) | frozenset(_SHORT.split()) | FUNCTION_WORDS
